window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000001"
          ],
          "editableUntil": "2022-12-06T04:00:01.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "user_mentions": [],
        "urls": [],
        "symbols": [],
        "hashtags": []
      },
      "display_text_range": [
        "0",
        "3"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000001",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000001",
      "created_at": "Tue Dec 06 04:00:01 +0000 2022",
      "favorited": false,
      "full_text": "one",
      "lang": "en"
    }
  }
]
