curl -N "http://127.0.0.1:8000/v1/stream?boards=main"
