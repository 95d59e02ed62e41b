window.YTD.deleted_tweet_headers.part0 = [
  {
    "tweet": {
      "tweet_id": "1600000000000000002",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:02 +0000 2022",
      "deleted_at": "Tue Dec 06 04:02:00 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000013",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:13 +0000 2022",
      "deleted_at": "Tue Dec 06 04:03:00 +0000 2022"
    }
  }
]
