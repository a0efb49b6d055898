"""Each kind of finding as a chapter, in English and in French."""
