const stream = new EventSource("http://127.0.0.1:8000/v1/stream?boards=main")
stream.addEventListener("snapshot", ({ data }) => console.log("all rows", JSON.parse(data).top))
stream.addEventListener("delta", ({ data }) => console.log("what changed", JSON.parse(data).up))
