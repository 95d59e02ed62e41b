window.YTD.tweet_headers.part0 = [
  {
    "tweet": {
      "tweet_id": "1600000000000000001",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:01 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000002",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:02 +0000 2022"
    }
  }
]
