window.YTD.tweets.part1 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000004"
          ],
          "editableUntil": "2022-12-06T04:00:04.000Z",
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
        "38"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000004",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000004",
      "created_at": "Tue Dec 06 04:00:04 +0000 2022",
      "favorited": false,
      "full_text": "@bob hello, an answer to nobody's post",
      "lang": "en",
      "in_reply_to_user_id": "77",
      "in_reply_to_user_id_str": "77",
      "in_reply_to_screen_name": "bob"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000003"
          ],
          "editableUntil": "2022-12-06T04:00:03.000Z",
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
        "hashtags": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/ana/status/1600000000000000003/photo/1",
            "indices": [
              "15",
              "38"
            ],
            "url": "https://t.co/pppppppppp",
            "media_url": "http://pbs.twimg.com/media/Ab.jpg",
            "media_url_https": "https://pbs.twimg.com/media/Ab.jpg",
            "id_str": "5",
            "type": "photo",
            "display_url": "pic.twitter.com/pppppppppp"
          }
        ]
      },
      "display_text_range": [
        "0",
        "38"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000003",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000003",
      "created_at": "Tue Dec 06 04:00:03 +0000 2022",
      "favorited": false,
      "full_text": "Look &amp; see https://t.co/pppppppppp",
      "lang": "en",
      "in_reply_to_status_id_str": "1600000000000000001",
      "in_reply_to_status_id": "1600000000000000001",
      "in_reply_to_user_id": "1234",
      "in_reply_to_user_id_str": "1234",
      "in_reply_to_screen_name": "ana",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/ana/status/1600000000000000003/photo/1",
            "indices": [
              "15",
              "38"
            ],
            "url": "https://t.co/pppppppppp",
            "media_url": "http://pbs.twimg.com/media/Ab.jpg",
            "media_url_https": "https://pbs.twimg.com/media/Ab.jpg",
            "id_str": "5",
            "type": "photo",
            "display_url": "pic.twitter.com/pppppppppp"
          }
        ]
      }
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
        "11"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000001",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000001",
      "created_at": "Tue Dec 06 04:00:01 +0000 2022",
      "favorited": false,
      "full_text": "1/ Thread 🧵",
      "lang": "en"
    }
  }
]
