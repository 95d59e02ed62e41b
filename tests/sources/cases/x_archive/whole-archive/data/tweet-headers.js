window.YTD.tweet_headers.part0 = [
  {
    "tweet": {
      "tweet_id": "1600000000000000012",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:12 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000009",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:09 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000008",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:08 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000007",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:07 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000006",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:06 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000005",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:05 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000004",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:04 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000003",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:03 +0000 2022"
    }
  },
  {
    "tweet": {
      "tweet_id": "1600000000000000001",
      "user_id": "1234",
      "created_at": "Tue Dec 06 04:00:01 +0000 2022"
    }
  }
]
