"""How much views and rays count in filtered back projection: any set of views, displaced detectors."""

import warnings

import numpy as np
import pytest

from coarea import ct
from coarea.ct.methods import analytic, redundancy
from coarea.ct.methods.redundancy import TURN, Spread

GOLDEN = np.pi * (5**0.5 - 1) / 2
N_COLUMNS = 128


def beam(kind, angles, offset=0.0, n_columns=N_COLUMNS):
    """A scanner of a kind; `offset` in bins, which are 1 wide at the axis."""
    distances = {"source_to_axis": 300, "source_to_detector": 600}
    if kind == "parallel":
        return ct.ParallelBeam(angles=angles, n_detectors=n_columns, detector_offset=offset)
    if kind == "fan":
        return ct.FanBeam(
            angles=angles, n_detectors=n_columns, detector_spacing=2, detector_offset=2 * offset, **distances
        )
    shape = {"detector_shape": (2, n_columns), "detector_spacing": (1.0, 2.0), "detector_offset": (0.5, 2 * offset)}
    return ct.ConeBeam(angles=angles, **shape, **distances)


def field(geometry):
    """The radius that the long side of the detector reaches."""
    u = np.abs(geometry.columns()).max()
    return np.sin(np.arctan(u / geometry.source_to_detector)) * geometry.source_to_axis if geometry.is_divergent else u


def disc(geometry, radius, dtype=np.float64, **options):
    """The values inside of a disc of 1 that is reconstructed from its exact chords; its rim oscillates."""
    n = int(2 * radius) + 6
    if geometry.has_rows:  # a cylinder, in the plane of the source
        data = ct.line_integrals_of([[1, radius, radius, 1e6, 0, 0, 0, 0]], geometry)
        image = ct.fdk(data.astype(dtype), geometry, (1, n, n), **options)[0]
    else:
        data = ct.line_integrals_of([[1, radius, radius, 0, 0, 0]], geometry)
        image = ct.fbp(data.astype(dtype), geometry, (n, n), **options)
    x = np.arange(n) - (n - 1) / 2
    return image[np.hypot(x, x[:, None]) < radius - 5]


def turn(n=240):
    return np.arange(n) * TURN / n


# Displaced detectors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["parallel", "fan", "cone"])
@pytest.mark.parametrize("offset", [0.1, -0.2, 0.3, 0.4])
def test_the_object_may_fill_the_field_of_a_displaced_detector(kind, offset):
    geometry = beam(kind, turn(), offset * N_COLUMNS)
    values = disc(geometry, field(geometry) - 1)
    np.testing.assert_allclose(values, 1, atol=0.01)


def test_displaced_detectors_in_any_type_slices_and_directions():
    geometry = beam("parallel", turn()[::-1] + 1, 40)
    radius = field(geometry) - 1
    np.testing.assert_allclose(disc(geometry, radius, np.float32), 1, atol=0.01)
    data = ct.line_integrals_of([[1, radius, radius, 0, 0, 0]], geometry)
    both = ct.fbp(np.stack([data, 2 * data], 1), geometry, (2, 60, 60))
    np.testing.assert_allclose(both[0], 1, atol=0.01)
    np.testing.assert_allclose(both[1], 2 * both[0], atol=1e-12)


@pytest.mark.parametrize("kind", ["parallel", "fan"])
def test_a_detector_that_is_hardly_displaced(kind):
    """Its short side holds the object too: then nothing changes from the one offset to the next."""
    for offset in (0, 0.25, 0.499, 0.999, 3):
        found = [disc(beam(kind, turn(), shift), 50) for shift in (offset, offset + 0.002)]
        np.testing.assert_allclose(found[0], 1, atol=0.01)
        np.testing.assert_allclose(*found, atol=1e-3)


def test_shared_weights():
    """1 in all for both ends of a ray, 0 at the short side; they jump neither along u nor with the offset."""
    u = np.arange(400) - 199.5
    assert np.array_equal(redundancy._shared(u, 1.0), np.full(400, 0.5))
    for offset in (0.5, 1, 2.5, 10, 60.5, 150, 190):
        columns, weights = u + offset, redundancy._shared(u + offset, 1.0)
        beyond = int(2 * offset)  # columns without another end
        seen_twice = weights[: 400 - beyond]
        np.testing.assert_allclose(seen_twice + seen_twice[::-1], 1, atol=1e-12)
        np.testing.assert_allclose(weights[columns > 200 - offset], 1)
        assert (np.diff(weights) > -1e-12).all()
        assert np.diff(weights).max() < (0.6 if offset == 0.5 else 2.5 / min(200 - offset, 4 * offset))
        assert weights[0] < (0.26 if offset < 2 else 0.02)
        np.testing.assert_allclose(redundancy._shared(-columns[::-1], 1.0), weights[::-1], atol=1e-12)
    for offsets in (np.linspace(0, 2, 1001), np.linspace(2, 190, 9401)):
        steps = np.diff([redundancy._shared(u[::9] + offset, 1.0) for offset in offsets], axis=0)
        assert np.abs(steps).max() < 0.02


@pytest.mark.parametrize("kind", ["parallel", "fan", "cone"])
def test_a_displaced_detector_that_does_not_turn_all_the_way_round(kind):
    arc = np.arange(200) * 1.2 * np.pi / 200
    geometry = beam(kind, arc, 30)
    with pytest.raises(
        ValueError, match=r"angles must cover the whole turn that a displaced .*, got 216 deg.*\|u\| <= "
    ):
        disc(geometry, field(geometry) - 1)
    # an object that its short side holds is in every view
    np.testing.assert_allclose(disc(geometry, 30), 1, atol=0.01)
    # a hole of a few degrees
    with pytest.warns(UserWarning, match="angles lack 10.5 degrees of the whole turn that a displaced detector needs"):
        values = disc(beam(kind, turn(240)[:233], 30), 80)
    assert abs(values.mean() - 1) < 0.05


def test_the_remedy_for_a_displaced_detector():
    geometry = beam("parallel", np.arange(180) * np.pi / 180, 30)
    data = ct.line_integrals_of([[1, 80, 80, 0, 0, 0]], geometry)
    with pytest.raises(ValueError, match=r"\|u\| <= 33.5"):
        ct.fbp(data, geometry, (40, 40))
    middle = np.abs(geometry.columns()) <= 33.5
    ct.fbp(data[:, middle], beam("parallel", geometry.angles, n_columns=int(middle.sum())), (40, 40))


def test_the_axis_must_be_on_the_detector():
    for offset, first in ((65, 1.5), (-64.2, -127.7)):
        message = f"detector_offset must leave the axis .* u = {first} to .*: try ct.asd_pocs"
        with pytest.raises(ValueError, match=message):
            disc(beam("parallel", turn(), offset), 30)
    disc(beam("parallel", turn(), 63.9), 30)


def test_data_are_weighed_by_the_cosine_to_the_central_ray():
    geometry = beam("cone", [0.0, 2.0], 0.3)
    v = geometry.rows()[:, None]
    ways = geometry.rays()[1][:, None]  # the axis of the rows is new
    ways = np.concatenate([np.broadcast_to(ways, (2, len(v), *ways.shape[2:])), 0 * ways[..., :1] + v[..., None]], -1)
    central = np.stack([-np.sin(geometry.angles), np.cos(geometry.angles), 0 * geometry.angles], -1)
    cosine = np.einsum("tvui,ti->tvu", ways, central) / np.linalg.norm(ways, axis=-1)
    np.testing.assert_allclose(np.broadcast_to(analytic._obliquity(geometry), cosine.shape), cosine)


# Any set of views ------------------------------------------------------------------------------------------------

HALF = np.arange(90) * np.pi / 90
SETS = {
    "half turn": HALF,
    "the end included": np.linspace(0, np.pi, 91),
    "turn": turn(180),
    "odd turn, the end included": np.linspace(0, TURN, 182),
    "from 180 through 360 to 180 degrees": (turn(180) + np.pi) % TURN,
    "golden angle": np.arange(90) * GOLDEN % np.pi,
    "golden angle, many turns": np.arange(150) * GOLDEN % TURN,
    "golden angle, just before a new step": np.arange(143) * GOLDEN % np.pi,
    "three quarters of a turn": np.arange(135) * np.pi / 90,
    "two turns and a half": np.arange(450) * np.pi / 90 % TURN,
    "one view twice": np.r_[HALF, 0.0],
    "each view many times, not quite": np.repeat(HALF, 12) + np.random.default_rng(0).normal(size=1080) * 1e-4,
    "pairs": np.r_[HALF, HALF + 1e-3],
    "two views left out": np.delete(HALF, [20, 60]),
}


@pytest.mark.parametrize("name", SETS)
def test_any_set_of_views_is_complete(name):
    angles = SETS[name]
    np.testing.assert_allclose(disc(beam("parallel", angles), 40), 1, atol=0.05)
    assert disc(beam("parallel", angles), 40).mean() == pytest.approx(1, abs=0.002)
    if np.ptp(angles) > 3.7:  # a fan needs more than half a turn
        np.testing.assert_allclose(disc(beam("fan", angles), 40), 1, atol=0.05)


@pytest.mark.parametrize("kind", ["parallel", "fan"])
@pytest.mark.parametrize("name", [*SETS, "limited"])
def test_the_order_of_the_views_changes_nothing(kind, name):
    """Nor whether they come from one scan or from two."""
    angles = SETS.get(name, np.arange(60) * 0.02)
    geometry, rng = beam(kind, angles), np.random.default_rng(1)
    data = rng.normal(size=(len(angles), N_COLUMNS))
    halves = np.r_[0 : len(angles) : 2, 1 : len(angles) : 2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some lack views
        expected = ct.fbp(data, geometry, (40, 40))
        for order in (rng.permutation(len(angles)), halves):
            found = ct.fbp(data[order], geometry[order], (40, 40))
            np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_views_stand_for_the_directions_nearest_to_them():
    """By definition: of many directions around the circle, each counts for the nearest view."""
    rng = np.random.default_rng(2)
    samples = np.arange(40000) / 40000
    for period in (np.pi, TURN):
        for n in (2, 3, 10, 40):
            angles = (np.arange(n) + rng.uniform(-0.4, 0.4, n)) * period / n + 7  # no gap is a hole
            away = np.abs((samples[:, None] * period - angles + period / 2) % period - period / 2)
            expected = np.bincount(away.argmin(1), minlength=n) * period / len(samples)
            order = rng.permutation(n)
            found = Spread.of(angles[order], period)
            assert len(found.holes) == 0
            np.testing.assert_allclose(found.weights, expected[order], atol=period / 10000)


def test_views_at_one_angle_share_alike():
    weights = Spread.of(np.array([0.0, 1.0, 1.0, 1.5, 2.0, 2.5]), np.pi).weights
    np.testing.assert_allclose(weights[1:3], 0.375)


@pytest.mark.parametrize("gap", [2.9, 3.1])
def test_what_is_a_hole(gap):
    """A gap of more than three steps: no view counts for it, but those beside it for half of a step."""
    angles = np.concatenate([np.arange(50), 49 + gap + np.arange(50)]) * 0.01
    found = Spread.of(angles, 0.01 * (99 + gap))
    assert found.step == pytest.approx(0.01)
    rim = 0.01 * (1 + (gap if gap < 3 else 1)) / 2
    np.testing.assert_allclose(found.weights[[0, 48, 49, 50, 51]], [0.01, 0.01, rim, rim, 0.01])
    assert found.missing == pytest.approx(0 if gap < 3 else 0.021)


LACKING = {
    "parallel": {90: np.arange(90) * np.pi / 180, 9: np.arange(171) * np.pi / 180, 180: [0.7],
                 178.5: np.radians([3, 4, 3.5])},
    "fan": {61.9: np.arange(142) * np.pi / 180},  # of half a turn and the opening, 23.9 degrees
}  # fmt: skip


@pytest.mark.parametrize(("kind", "degrees"), [(kind, degrees) for kind, sets in LACKING.items() for degrees in sets])
def test_one_warning_names_the_degrees_that_are_missing(kind, degrees):
    geometry = beam(kind, LACKING[kind][degrees])
    with pytest.warns(UserWarning, match="angles lack") as caught:
        image = ct.fbp(np.ones(geometry.projection_shape), geometry, (9, 9))
    assert len(caught) == 1
    named = float(str(caught[0].message).split(" degrees")[0].removeprefix("angles lack "))
    assert named == pytest.approx(degrees, abs=0.02)
    assert caught[0].filename == __file__
    assert np.abs(image).max() > 0


@pytest.mark.parametrize("kind", ["parallel", "fan"])
@pytest.mark.parametrize("angles", [[0.3], [0.3] * 5, [0.3 + TURN, 0.3]])
def test_a_single_direction_stands_for_half_a_turn(kind, angles):
    geometry = beam(kind, angles)
    data = ct.line_integrals_of([[1, 40, 40, 0, 0, 0]], geometry)
    with pytest.warns(UserWarning, match="angles lack"):
        image = ct.fbp(data, geometry, (70, 70))
    assert image[30:40, 30:40].mean() == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("n_views", [150, 340, 365, 440, 500, 700, 720])
def test_a_line_counts_once_whether_it_is_seen_once_or_twice(n_views):
    """By definition, for a fan over any arc: those ends of a line that are measured share 1."""
    step = np.pi / 360
    geometry = beam("fan", np.arange(n_views) * step)
    fan = np.arctan(geometry.columns() / 600)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some lack views
        rays = redundancy.weights_of(geometry, np.ones((n_views, 1, N_COLUMNS))).rays
    view, column = np.indices((n_views, N_COLUMNS))
    rays = np.broadcast_to(rays, view.shape)
    other = (view + (np.pi - 2 * fan) / step) % 720  # the place of the view at the other end
    near, rest = np.divmod(other, 1)
    near = near.astype(int)
    measured = (near < n_views) & ((near + 1) % 720 < n_views)
    away = ((near + 1) % 720 >= n_views + 1) & (near > n_views)
    low, high = (rays[place % 720 % n_views, N_COLUMNS - 1 - column] for place in (near, near + 1))
    total = rays + np.where(measured, low + rest * (high - low), 0)
    errors = np.abs(total - 1)[measured | away]
    assert errors.size > 0.98 * rays.size
    assert np.quantile(errors, 0.98) < 0.01
    assert errors.mean() < 0.005


def test_a_short_scan_that_lacks_views_is_exact_in_the_middle():
    angles = np.arange(420) * np.pi / 360  # 210 degrees, and the fan needs 204 for the object, 212 for the detector
    geometry = beam("fan", np.arange(390) * np.pi / 360)
    with pytest.warns(UserWarning, match="angles lack"):
        values = disc(geometry, 30)
    np.testing.assert_allclose(values, 1, atol=0.01)
    np.testing.assert_allclose(disc(beam("fan", angles), field(geometry) - 1), 1, atol=0.01)
