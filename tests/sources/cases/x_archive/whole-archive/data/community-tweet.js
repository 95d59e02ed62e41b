window.YTD.community_tweet.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000011"
          ],
          "editableUntil": "2022-12-06T04:00:11.000Z",
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
        "16"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000011",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000011",
      "created_at": "Tue Dec 06 04:00:11 +0000 2022",
      "favorited": false,
      "full_text": "to the community",
      "lang": "en",
      "community_id_str": "42"
    }
  }
]
