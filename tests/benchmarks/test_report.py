"""The table in the README is the one the results make, and the report survives results that are missing."""

import pytest

from benchmarks import goals, report

MACHINE = {
    "processor": "Example",
    "family": "1",
    "model": "2",
    "architecture": "x86_64",
    "flags": ["avx2"],
    "cpus_used": 2,
    "date": "2026-01-02",
    "busy_before": 0.0,
}
ONE = {"min": 1.0, "median": 2.0, "max": 3.0}
FIT = {
    "machine": MACHINE,
    "figurate": {"seconds": ONE, "instruction_set": "avx2", "versions": {"figurate": "0.1.0"}},
    "others": [
        {
            "name": "Keras on JAX",
            "note": "as documented",
            "seconds": {"min": 30.0, "median": 31.5, "max": 33.0},
            "first_epoch_extra_seconds": ONE,
            "ratio": {"min": 40.0, "median": 50.0, "max": 110.0},
            "versions": {"keras": "3.1", "jax": "0.4"},
        }
    ],
}


def test_readme_holds_the_table_of_the_results() -> None:
    report.update(check=True)


def test_a_rival_is_named_with_its_versions_and_its_ratio() -> None:
    table = report.render({"mnist_lesson": FIT})
    assert "| Keras 3.1 on JAX 0.4: as documented | 31.5 (30.0 to 33.0) | 2.00 | **50.0× (40.0 to 110)** |" in table
    assert "2 CPUs of a machine that calls itself Example (family 1, model 2; AVX2; figurate uses avx2)." in table


def test_what_was_measured_elsewhere_is_told() -> None:
    later = {"machine": MACHINE | {"date": "2026-01-03", "flags": ["avx512f"]}, "ratio": ONE}
    kernels = {"machine": MACHINE | {"date": "2026-01-04"}}  # not in this table
    lines = report.machine_lines({"kernels": kernels, "many_networks": later, "mnist_lesson": FIT})
    machine = "2 CPUs of a machine that calls itself Example (family 1, model 2; "
    assert lines == [
        f"Measured on 2026-01-02, {machine}AVX2; figurate uses avx2).",
        f"`many_networks`: on 2026-01-03, {machine}AVX-512).",
    ]


def test_a_busy_machine_is_told() -> None:
    table = report.render({"mnist_lesson": FIT | {"machine": MACHINE | {"busy_before": 0.5}}})
    assert "other work during: mnist_lesson" in table


def test_the_convnet_has_a_table_for_training_and_one_for_prediction() -> None:
    ours = {"milliseconds": ONE, "versions": {"figurate": "0.1.0"}}
    other = {"milliseconds": ONE, "ratio": ONE, "setting": "default", "note": "eager"}
    pytorch = other | {"name": "PyTorch", "versions": {"torch": "2.13.0+cpu"}}
    alone = other | {"name": "figurate", "note": "one thread", "setting": None, "versions": {"figurate": "0.1.0"}}
    table = report.render(
        {
            "mnist_convnet": {
                "machine": MACHINE,
                "instruction_set": "avx2",
                "training": ours,
                "training_others": [pytorch, alone],
                "prediction": ours,
                "prediction_others": [pytorch],
                "peak": {
                    "nominal_share": {"min": 0.5, "median": 0.6, "max": 0.7},
                    "peak_gflops": {"median": 175.0},
                },
            }
        }
    )
    assert table.count("| PyTorch 2.13.0: eager | 2.00 (1.00 to 3.00) | **2.00× (1.00 to 3.00)** |") == 2
    assert "| figurate 0.1.0: one thread | 2.00 (1.00 to 3.00) |" in table
    assert (
        "does 60.0 % (50.0 to 70.0) of the multiply-adds that these cores can do at all (175 GFLOP/s with avx2" in table
    )


def test_goals_take_the_fastest_of_several() -> None:
    rows = [
        {"name": "PyTorch", "setting": "default", "ratio": {"median": 5.0}},
        {"name": "PyTorch", "setting": "channels_last", "ratio": {"median": 3.0}},
    ]
    results = {"mnist_convnet": {"training_others": rows}}
    both = goals.convnet("training", ("PyTorch", "default"), ("PyTorch", "channels_last"))
    assert both(results) == 3.0
    assert goals.convnet("training", ("PyTorch", "default"))(results) == 5.0


def test_markers_must_be_there() -> None:
    with pytest.raises(SystemExit, match="once each"):
        report.replaced("no markers", "table")
    marked = f"a\n{report.BEGIN}\nold\n{report.END}\nb\n"
    once = report.replaced(marked, "new")
    assert once == f"a\n{report.BEGIN}\nnew\n{report.END}\nb\n"
    assert report.replaced(once, "new") == once
