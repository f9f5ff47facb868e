"""Connected filters: nodes of a tree are removed, contours never move."""

from numpy.typing import ArrayLike

from coarea._check import Array
from coarea.tree import Tree


def attribute_filter(tree: Tree, keep: ArrayLike) -> Array:
    """Keep some nodes of a tree and give the image that is left.

    Parameters
    ----------
    tree : Tree
    keep : (n,) array_like of bool
        The nodes to keep, for example ``attributes.area(tree) >= 50``. The pixels of the others take the value of
        the first ancestor that is kept (the direct rule); the root always stays.

    Returns
    -------
    ndarray
        Shape and dtype of the image; no new grey values.

    Examples
    --------
    >>> import coarea
    >>> tree = coarea.max_tree([[0, 5, 5, 0, 9]])
    >>> coarea.attribute_filter(tree, coarea.attributes.area(tree) >= 2).tolist()
    [[0, 5, 5, 0, 0]]
    """
    return tree.simplify(keep).reconstruct()
