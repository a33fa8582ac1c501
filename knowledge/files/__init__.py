"""Reading files of every format: documents into paragraphs, tables into rows."""
