from scoreboard_client import Client, prove

client = Client("http://127.0.0.1:8000")
client.guest("Ada")
action = client.request("play-round")
proof = prove(action, points=7)
receipt = client.complete(action, proof)
print(receipt.new_score, receipt.rank)
