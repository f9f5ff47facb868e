"""Options that a function does not have, and what is said of them; the hints must not show anywhere else."""

from __future__ import annotations

import doctest
import inspect
import pickle

import numpy as np
import pytest

import coarea
from coarea import ct
from coarea.base.keywords import with_hints
from public import public_callables

IMAGE = np.arange(20).reshape(4, 5)
BEAM = ct.ParallelBeam(angles=[0.0, 1.0], n_detectors=6)
PROJECTOR = ct.Projector(BEAM, (4, 4))


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: coarea.denoise_tv_l1(IMAGE, weight=2), "'weight': did you mean beta or weights?"),
        (lambda: coarea.denoise_tv_l1(IMAGE, lam=2), "'lam': did you mean beta?"),
        (lambda: coarea.denoise_tv_l1(IMAGE, betta=2), "'betta': did you mean beta?"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, multichannel=True), "'multichannel': did you mean channel_axis?"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, max_num_iter=9), "'max_num_iter': .* the result is exact"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, eps=1e-4), "'eps': .* the result is exact"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, n_jobs=2), "'n_jobs': did you mean workers?"),
        (lambda: coarea.denoise_tv_l2(IMAGE, 2, huber=2), "'huber': did you mean huber_delta?"),
        (lambda: coarea.area_opening(IMAGE, min_size=9), "'min_size': did you mean area_threshold?"),
        (lambda: coarea.diameter_opening(IMAGE, threshold=9), "'threshold': did you mean diameter_threshold?"),
        (lambda: coarea.tree_of_shapes(IMAGE, multichannel=True), "'multichannel': did you mean channel_axis?"),
        (
            lambda: coarea.min_tree(IMAGE, channel_axis=-1),
            r"one by one, .* coarea.tree_of_shapes\(image, channel_a",
        ),
        (lambda: coarea.area_opening(IMAGE, channel_axis=-1), r"take the channels one by one, image\[..., k\]$"),
        (lambda: coarea.max_tree(IMAGE, footprint=IMAGE), "'footprint': did you mean connectivity?"),
        (lambda: coarea.tv_norm(IMAGE, eps=1), "'eps': did you mean smoothing?"),
        (lambda: coarea.tv_descent(IMAGE, step=1, max_iter=2), "'max_iter': did you mean n_iter?"),
        (lambda: coarea.tv_norm(IMAGE, voxel_size=2), "'voxel_size': did you mean spacing?"),
        (lambda: coarea.edge_weights(IMAGE, sigma=2), "'sigma': did you mean scale?"),
        (lambda: coarea.minimize_tv_graph([1], [], [], lambda_=2), "'lambda_': did you mean beta?"),
        (lambda: ct.ParallelBeam(theta=[0.0], n_detectors=6), "'theta': did you mean angles?"),
        (lambda: ct.Projector(BEAM, (4, 4), voxel_size=2), "'voxel_size': did you mean spacing?"),
        (lambda: ct.sart(PROJECTOR, np.zeros((2, 6)), iterations=2), "'iterations': did you mean n_iter?"),
        (lambda: ct.fbp(np.zeros((2, 6)), BEAM, (4, 4), filter_name="hann"), "'filter_name': did you mean filter?"),
        (lambda: ct.fbp(np.zeros((2, 6)), BEAM, (4, 4), window="hann"), "'window': did you mean filter?"),
        (lambda: coarea.plot.show_level_lines(IMAGE, lw=1), "'lw': did you mean linewidth?"),
        (lambda: coarea.denoise_tv_l1(IMAGE, 2, "shapes"), "were given: give options by name, domain=..."),
        (lambda: coarea.max_tree(IMAGE, 2), "were given: give options by name, connectivity=..."),
        (lambda: coarea.grain_filter(IMAGE, 2, "8-4"), "were given: give options by name, connectivity=..."),
    ],
)
def test_wrong_options_get_a_proposal(call, hint):
    with pytest.raises(TypeError, match=hint):
        call()


def test_a_name_that_is_like_none_gets_no_proposal():
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'zzz'$"):
        coarea.max_tree(IMAGE, zzz=1)
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'sigma'$"):  # which is like "image"
        coarea.denoise_tv_l1(IMAGE, 1, sigma=3)
    with pytest.raises(TypeError, match=r"missing 1 required positional argument: 'beta'$"):
        coarea.denoise_tv_l1(IMAGE)


def test_errors_of_the_function_itself_are_left_alone():
    @with_hints
    def fails(image, *, n_iter=1):
        raise TypeError("got an unexpected keyword argument 'iterations'")

    with pytest.raises(TypeError, match=r"'iterations'$"):
        fails(1)


@pytest.mark.parametrize(("name", "function"), list(public_callables()))
def test_hints_do_not_show(name, function):
    if inspect.isclass(function) or not hasattr(function, "__wrapped__"):
        return
    inner = function.__wrapped__
    assert inspect.signature(function) == inspect.signature(inner)
    assert (function.__doc__, function.__name__, function.__module__) == (
        inner.__doc__,
        inner.__name__,
        inner.__module__,
    )
    assert function.__name__ == name.removeprefix("dask.")
    assert function.__globals__ is inner.__globals__
    assert pickle.loads(pickle.dumps(function)) is function


def test_examples_are_still_found():
    found = {
        test.name.rpartition(".")[2] for test in doctest.DocTestFinder().find(coarea.exact.denoise) if test.examples
    }
    assert {"denoise_tv_l1", "denoise_tv_l2"} <= found


def test_every_public_function_with_options_has_hints():
    bare = [
        name
        for name, function in public_callables()
        if inspect.isfunction(function) and not name[0].isupper() and not hasattr(function, "__wrapped__")
    ]
    assert sorted(bare) == sorted(coarea.attributes.__all__)  # they take a tree alone
