window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000005"
          ],
          "editableUntil": "2022-12-06T04:00:05.000Z",
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
        "27"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000005",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000005",
      "created_at": "Tue Dec 06 04:00:05 +0000 2022",
      "favorited": false,
      "full_text": "answer to the first wording",
      "lang": "en",
      "in_reply_to_status_id_str": "1600000000000000001",
      "in_reply_to_status_id": "1600000000000000001",
      "in_reply_to_user_id": "1234",
      "in_reply_to_user_id_str": "1234",
      "in_reply_to_screen_name": "ana"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "edit": {
          "initialTweetId": "1600000000000000001",
          "editControlInitial": {
            "editTweetIds": [
              "1600000000000000001",
              "1600000000000000002",
              "1600000000000000003"
            ],
            "editableUntil": "2022-12-06T04:00:01.000Z",
            "editsRemaining": "4",
            "isEditEligible": true
          }
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
        "18"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000003",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000003",
      "created_at": "Tue Dec 06 04:00:03 +0000 2022",
      "favorited": false,
      "full_text": "The bill is 3.1 bn",
      "lang": "en"
    }
  },
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
        "17"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000001",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000001",
      "created_at": "Tue Dec 06 04:00:01 +0000 2022",
      "favorited": false,
      "full_text": "Teh bill is 31 bn",
      "lang": "en"
    }
  }
]
