curl -X PUT http://127.0.0.1:8000/v1/admin/boards/cup \
  -H "Authorization: Bearer $KEY" \
  -H "Content-Type: application/json" \
  -d '{"title": "Weekly cup", "operator": "best", "period": "weekly", "windows": ["daily"]}'
