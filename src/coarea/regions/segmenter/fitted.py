"""What the segmenter was given by photographs: every fitted number is here, and nowhere else.

All were fitted on 40 of the 200 training images of BSDS500 ([ArbelaezMaireFowlkesMalik2011]_; every fifth by name, no
other image), whose four to nine human segmentations are the targets, then frozen and scored once on its test images.

* The textons are the centres of k-means (32 centres, one start) of the responses of 40 x 1000 random pixels.
* The boundary's and the spectral scalars are logistic regressions (with the tiny ridge 1e-3 on standardised features)
  for each arc between two superpixels. Target: the fraction of the humans who separate the two superpixels, each taken
  for the human region that holds most of it. Weight: the length of the arc, with the same total for each image.
* The merging scalars are a logistic regression for the arcs between the regions of partial mergings (down to 300, 150,
  80, 40, 20 and 10 regions). Target as before; weight: the root of the length times the smaller area.
* The level is that of the best mean covering on these 40 images.

Windows, filters, numbers of bins and of superpixels and the power of the affinity were chosen, not fitted.
"""

from typing import NamedTuple

import numpy as np


class Boundary(NamedTuple):
    """p = sigmoid(offset + strength S + rank R + colors C + textons T), that an arc separates.

    S is the mean edge strength along the arc, R the fraction of the arcs of the image whose S is smaller, C and T the
    mean contrasts of colours (a and b together) and of textons between the middle windows on its two sides.
    """

    offset: float
    strength: float
    rank: float
    colors: float
    textons: float


class Spectral(NamedTuple):
    """p = sigmoid(offset + boundary logit(p) + distance log(floor + sum_k |E_k(i) - E_k(j)|)), the same, seen globally.

    E_k are the first `n_vectors` eigenvectors of the graph of superpixels with affinities length ((1 - p) / p)^power.
    """

    offset: float
    boundary: float
    distance: float
    floor: float
    power: float
    n_vectors: int


class Merging(NamedTuple):
    """key = sigmoid(offset + boundary logit(p) + colors chi2 + textons sqrt(chi2) + area log(100 A B / (A + B))).

    p is the mean along the common boundary of two regions, the chi2 are those of their whole histograms of colours and
    of textons, A and B their shares of the image.
    """

    offset: float
    boundary: float
    colors: float
    textons: float
    area: float


BOUNDARY = Boundary(offset=-5.779, strength=0.387, rank=2.644, colors=3.149, textons=3.618)
SPECTRAL = Spectral(offset=-2.989, boundary=0.653, distance=0.717, floor=0.001, power=0.7, n_vectors=16)
MERGING = Merging(offset=-0.911, boundary=0.769, colors=1.308, textons=2.281, area=0.463)
LEVEL = 0.49  # where the hierarchy is cut best by one level for all images

BETAS = (1, 2, 4, 8, 16, 32)  # of the edge strength
N_SUPERPIXELS = 800  # 400 to 2500 do as well
SCALES = ((1, 0.9), (2, 1.75), (4, 3.5))  # of the windows, in blocks of 2 x 2 pixels: distance from the line, sigma
# What the superpixels follow: the largest of the angles' sums of weight * contrast, by channel and scale ...
PLACES = {("L", 0): 0.15, ("L", 1): 0.35, ("a", 2): 0.25, ("b", 2): 0.25, ("textons", 2): 0.25}
STRENGTH_FLOOR = 0.2  # ... times this plus the edge strength over its mean.

# Responses of the 13 filters in the order of the bank, for the values of L from 0 to 1.
# fmt: off
TEXTONS = np.array([
    (-84, 930, -170, 1090, -235, 1652, -161, 2205, -73, 1576, -1, 976, -3397),
    (-63, -776, 200, -2037, 186, -6888, -142, -9796, 12, -4877, 280, -1460, 10555),
    (2096, 6789, 1217, 3796, 436, 3361, -426, 2566, -1371, 2335, -2361, 5768, -10038),
    (-5641, 1268, -1663, 307, 3156, 188, 7330, 1672, 8759, 2897, 8254, 2593, -3674),
    (-11188, 6243, -8646, 3896, -4617, 1791, -739, 736, 3676, 867, 8629, 3668, -7032),
    (4589, -2282, 4019, -1836, 2799, -1029, 1171, -629, -849, -538, -3209, -1265, 3066),
    (4795, 1355, 5340, 2033, 5210, 2117, 3705, 1123, 789, 446, -2491, 495, -3081),
    (9184, 769, 3031, -99, -3098, -381, -8890, 446, -13489, 2248, -13691, 2261, -2183),
    (-18202, -4381, -11072, -2221, -3461, -1058, 2211, -1157, 8415, -1752, 15593, -3511, 5758),
    (-2699, -1264, -2401, -1086, -1514, -690, -513, -552, 581, -573, 1853, -860, 2021),
    (-5, 228, 2523, 721, 5179, 2644, 6298, 4230, 4744, 2302, 2371, 688, -4364),
    (-1463, -572, 3351, -881, 11065, -2988, 17791, -8363, 13820, -4472, 6515, -1328, 7609),
    (1074, 299, -1547, 481, -4544, 2006, -6174, 3967, -5227, 2627, -3179, 1035, -4220),
    (3462, 1095, 2354, 584, 592, 269, -984, 294, -2195, 574, -3149, 963, -1514),
    (30, 23, -844, 36, -1725, 101, -2192, 83, -1773, 77, -902, 42, -139),
    (269, -222, 6308, 640, 13783, 3848, 19003, 7340, 13820, 3687, 5795, 418, -6498),
    (12503, -6843, 9064, -4299, 3805, -1523, -313, -912, -4161, -1208, -8864, -3469, 7440),
    (6182, -1468, 9396, -2916, 11027, -3694, 8381, -2667, 3218, -1414, -1956, -952, 5333),
    (63, 350, -4931, 580, -11775, 2626, -16739, 6248, -12264, 3188, -5395, 729, -5664),
    (5, 68, 909, 55, 1817, 75, 2371, 75, 1869, 104, 891, 52, -169),
    (-7501, -3042, -5094, -1866, -2261, -947, 719, -1022, 3647, -1112, 6553, -2172, 4109),
    (-3666, 1873, -2549, 1063, -929, 409, 560, 255, 1882, 603, 3181, 1366, -2233),
    (-290, -804, -4947, -1192, -11578, -3931, -16597, -8232, -11214, -3948, -4449, -1244, 7847),
    (628, -945, 557, -888, 342, -1058, 41, -1394, -218, -1048, -473, -890, 2511),
    (-823, -511, 1584, -541, 4541, -1662, 6544, -3158, 5138, -1937, 3056, -848, 3484),
    (-825, -8480, -645, -3188, -231, -1770, 56, -1189, 222, -2141, 557, -8374, 10416),
    (-8622, -1563, -12068, -2948, -11271, -2502, -6934, -1378, -1726, -615, 3680, -562, 3884),
    (3, 35, 13, 32, 11, 22, 9, 22, 7, 16, 3, 22, -58),
    (4521, -1730, 1188, -721, -2521, -810, -5083, -1458, -5917, -1916, -6095, -2175, 3545),
    (-626, -290, -2765, -794, -5212, -2029, -6012, -2963, -3966, -1588, -1451, -358, 3214),
    (13810, 4302, 10965, 2422, 5520, 584, 920, 43, -3578, 292, -9186, 1936, -3920),
    (-4603, 914, -5560, 1816, -5968, 2289, -5017, 1520, -1983, 328, 1898, 199, -2891),
], np.float64) * 1e-5
# fmt: on
