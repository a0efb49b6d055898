"""The door to the explorer where there is no checkout; alone in its folder, which Streamlit makes one of those to import from."""
