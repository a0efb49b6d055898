"""PRESENT: findings as documents, in English and in French, for the terminal, HTML, Excel, PowerPoint, Word and Markdown."""
