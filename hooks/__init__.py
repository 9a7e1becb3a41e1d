"""What the build adds to the Markdown pages: one module, one feature, one line in mkdocs.yml."""
