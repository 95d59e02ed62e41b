window.YTD.deleted_tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000002"
          ],
          "editableUntil": "2022-12-06T04:00:02.000Z",
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
        "21"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000002",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000002",
      "created_at": "Tue Dec 06 04:00:02 +0000 2022",
      "favorited": false,
      "full_text": "typo, deleted at once",
      "lang": "en",
      "in_reply_to_status_id_str": "1600000000000000001",
      "in_reply_to_status_id": "1600000000000000001",
      "in_reply_to_user_id": "1234",
      "in_reply_to_user_id_str": "1234",
      "in_reply_to_screen_name": "ana",
      "deleted_at": "Tue Dec 06 04:02:00 +0000 2022"
    }
  }
]
