"""A first window on the tagger: upload an export, see its relationship profile, take the tagged table home."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl
import streamlit as st

from relationtypes import RelationTagger, RelationTypesError
from relationtypes.profiling import RelationProfile, profile
from relationtypes.reading import READABLE, choose_text_column, read_table
from relationtypes.writing import write_table

EXAMPLE = Path(__file__).parent / "examples" / "reviews.csv"


@st.cache_resource
def load_tagger() -> RelationTagger:
    """Load the model once for all sessions; it holds no user's data."""
    return RelationTagger.load()


def read_upload(name: str, content: bytes) -> pl.DataFrame:
    """Read an uploaded file through the package's own readers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(name).suffix}"
        path.write_bytes(content)
        return read_table(path).frame


def as_csv(frame: pl.DataFrame) -> bytes:
    """Return *frame* as the command line would write it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tagged.csv"
        write_table(frame, path)
        return path.read_bytes()


def show_profile(result: RelationProfile, tagger: RelationTagger) -> None:
    """Draw shares, sentiment and quotes."""
    names = {family.id: family.name.en for family in tagger.taxonomy.families}
    ranked = sorted(result.families, key=lambda family: -family.count)
    rows = [
        {
            "Family": names[family.id],
            "Share": family.share,
            "Texts": family.count,
            "Unsure": family.abstained,
            "Positive": family.sentiment["positive"],
            "Negative": family.sentiment["negative"],
            "Breach": family.breach,
        }
        for family in ranked
    ]
    percent = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    st.dataframe(
        rows, hide_index=True, column_config=dict.fromkeys(("Share", "Positive", "Negative", "Breach"), percent)
    )
    for family in ranked:
        if family.quotes:
            st.subheader(names[family.id])
            for quote in family.quotes:
                st.text(f"“{quote.text}”  ({quote.confidence:.2f})")


st.set_page_config(page_title="relationtypes", layout="wide")
st.title("Which relationship do your customers write from?")
upload = st.file_uploader(
    "An export of reviews, survey answers or posts", type=[suffix.removeprefix(".") for suffix in READABLE]
)
use_example = st.toggle("Use the bundled example", value=False, disabled=upload is not None)
if upload is None and not use_example:
    st.stop()
try:
    frame = read_table(EXAMPLE).frame if upload is None else read_upload(upload.name, upload.getvalue())
    guessed = choose_text_column(frame, None)
except RelationTypesError as error:
    st.error(str(error))
    st.stop()
column = st.selectbox("Column that holds the texts", frame.columns, index=frame.columns.index(guessed))
if st.button("Tag", type="primary"):
    tagger, bar, finished = load_tagger(), st.progress(0.0), [0]

    def advance(count: int) -> None:
        """Move the bar by *count* texts."""
        finished.append(count)
        bar.progress(sum(finished) / len(frame))

    tagged = tagger.tag_frame(frame, column, progress=advance)
    bar.empty()
    show_profile(profile(tagged, text=column, taxonomy=tagger.taxonomy), tagger)
    st.download_button("Download the tagged table", as_csv(tagged), "tagged.csv", "text/csv")
