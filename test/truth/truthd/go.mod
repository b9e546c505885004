module truthd

go 1.24
