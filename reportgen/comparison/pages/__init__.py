"""What differs between the pages of two PDFs (版面的差异), and pictures of them."""
