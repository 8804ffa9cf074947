import os

from scoreboard_client import Server

server = Server("http://127.0.0.1:8000", os.environ["KEY"])
report = server.submit("main", [{"player": "ada", "displayName": "Ada", "score": 10}])
print(report.accepted, report.standings)
