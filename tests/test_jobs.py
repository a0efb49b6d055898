"""Every input has an output of its own, and what a run wrote is no input unless somebody says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from relationtypes.errors import ArgumentError, EmptyInputError, InputNotFoundError
from relationtypes.jobs import find_jobs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.csv", "b.tsv.gz", "a.tagged.csv", "a.tagged.csv.rejects.csv", ".hidden.csv", "notes.docx"):
        (tmp_path / name).write_text("comment\nFine.\n")
    return tmp_path


def test_jobs_of_a_folder_lie_beside_their_inputs(folder: Path) -> None:
    found = find_jobs([folder], None)
    assert [(job.source.name, job.out) for job in found.jobs] == [
        ("a.csv", folder / "a.tagged.csv"),
        ("b.tsv.gz", folder / "b.tagged.tsv"),
    ]
    assert found.several
    assert [path.name for path in found.left_out] == ["a.tagged.csv", "a.tagged.csv.rejects.csv"]


def test_jobs_of_a_pattern_are_those_of_its_files(folder: Path) -> None:
    assert (
        find_jobs([folder / "*.csv", folder / "b.*"], folder / "out").jobs == find_jobs([folder], folder / "out").jobs
    )


def test_jobs_an_output_given_alone_is_an_input(folder: Path) -> None:
    assert find_jobs([folder / "a.tagged.csv"], None).jobs[0].out == folder / "a.tagged.tagged.csv"


def test_jobs_one_file_however_it_is_found_goes_to_the_file_named(folder: Path) -> None:
    out = folder / "done.parquet"
    for given in (folder / "a.csv", folder / "a.c*"):
        assert [job.out for job in find_jobs([given], out).jobs] == [out]


def test_jobs_several_files_do_not_go_to_one(folder: Path) -> None:
    with pytest.raises(ArgumentError, match=r"2 inputs need a folder.*done\.csv"):
        find_jobs([folder], folder / "done.csv")


def test_jobs_two_inputs_have_two_outputs(folder: Path) -> None:
    (folder / "a.txt").write_text("Fine.\n")
    with pytest.raises(ArgumentError, match=r"'.*a\.csv' and '.*a\.txt' would both"):
        find_jobs([folder], folder / "out")


def test_jobs_nothing_to_read(folder: Path) -> None:
    with pytest.raises(EmptyInputError, match="written by a run"):
        find_jobs([folder / "*.tagged.csv"], None)
    with pytest.raises(InputNotFoundError, match="No file matches"):
        find_jobs([folder / "*.sav"], None)
