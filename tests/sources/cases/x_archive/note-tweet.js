window.YTD.note_tweet.part0 = [
  {
    "noteTweet": {
      "noteTweetId": "1700000000000000010",
      "createdAt": "2022-12-06T04:08:20.000Z",
      "core": {
        "text": "A long text & its post is not here.",
        "urls": [],
        "mentions": [],
        "hashtags": []
      }
    }
  },
  {
    "noteTweet": {
      "core": {}
    }
  }
]
