"""What a filter works on: pixels, a tree that it builds, or one that it is given."""

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from numpy.typing import ArrayLike

from coarea.base.arrays import Array, as_image
from coarea.base.options import one_of
from coarea.base.types import MULTIVARIATE, NOT_GIVEN, Domain, NotGiven, Solver
from coarea.trees._given import check_tree
from coarea.trees.domains import KINDS, tree_on
from coarea.trees.tree import Tree

Build = Callable[[Array, int], Tree]  # of an image, by a number of threads


class DomainOptions(NamedTuple):
    """Options that belong to some domains only, as they were given."""

    neighbors: Any
    connectivity: Any
    border: Any
    solver: Any

    def conventions(self) -> dict[str, Any]:
        """Those of a tree."""
        return {"connectivity": self.connectivity, "border": self.border}


def image_and_builder(
    image: ArrayLike | Tree, domain: str | None, options: DomainOptions, channel_axis: int | NotGiven | None
) -> tuple[ArrayLike, Build | None]:
    """The image, not yet checked, and what makes a tree of it; None on the pixels. Refuses options of other domains."""
    if domain is not None:
        one_of("domain", domain, get_args(Domain))
    if isinstance(image, Tree):
        return _image_of_tree(image, domain, options, channel_axis)
    domain = domain or "pixels"
    _refuse_foreign_options(domain, options)
    if domain == "pixels":
        one_of("solver", options.solver, (None, *get_args(Solver)))
        return image, None

    def build(array: Array, workers: int) -> Tree:
        return tree_on(domain, array, workers=workers, **options.conventions())

    return image, build


def _image_of_tree(
    tree: Tree, domain: str | None, options: DomainOptions, channel_axis: int | NotGiven | None
) -> tuple[Array, Build]:
    """The image of a tree that is there already; refuses options that contradict it."""
    if tree.kind == MULTIVARIATE:
        raise ValueError(
            f"image must be an image or a tree of grey values, got a {MULTIVARIATE}: total variation does not live on "
            'it, see the guide to trees; denoise_tv_l1(image, beta, channel_axis=-1, colors="input") filters colours'
        )
    own = next(name for name, kind in KINDS.items() if kind == tree.kind)
    if domain not in (None, own):
        remedy = ": give the image itself, tree.reconstruct()" if domain == "pixels" else ""
        raise ValueError(f"domain must be that of the tree, {own!r}, or None, got {domain!r}{remedy}")
    if channel_axis not in (None, NOT_GIVEN):
        raise ValueError(f"channel_axis does not apply to a tree, got {channel_axis!r}: make one of each channel")
    _refuse_foreign_options(own, options)
    check_tree(tree, KINDS[own], **options.conventions())
    return tree.reconstruct(as_image(tree.value, finite=True)), lambda *_: tree


def _refuse_foreign_options(domain: str, options: DomainOptions) -> None:
    """Refuse options that say nothing in the domain."""
    own = {"pixels": {"neighbors", "solver"}, "shapes": {"connectivity", "border"}}.get(domain, {"connectivity"})
    for name, value in options._asdict().items():
        if value is not None and name not in own:
            remedies = {("connectivity", True): ": say neighbors", ("neighbors", False): ": say connectivity"}
            remedy = remedies.get((name, domain == "pixels"), "")
            raise ValueError(f"{name} does not apply to domain={domain!r}, got {value!r}{remedy}")
