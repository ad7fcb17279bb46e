"""What is proofread becomes a manuscript (文稿的来处): ledgers, document trees, Word files, PDFs."""
