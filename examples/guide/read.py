from scoreboard_client import Client

client = Client("http://127.0.0.1:8000")
for entry in client.top("main", 3).entries:
    print(entry.rank, entry.display_name, entry.score)
