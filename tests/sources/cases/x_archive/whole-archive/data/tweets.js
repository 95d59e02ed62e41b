window.YTD.tweets.part0 = [
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000009"
          ],
          "editableUntil": "2022-12-06T04:00:09.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "user_mentions": [
          {
            "name": "bob",
            "screen_name": "bob",
            "indices": [
              "0",
              "4"
            ],
            "id_str": "77",
            "id": "77"
          }
        ],
        "urls": [],
        "symbols": [],
        "hashtags": []
      },
      "display_text_range": [
        "0",
        "279"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000009",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000009",
      "created_at": "Tue Dec 06 04:00:09 +0000 2022",
      "favorited": false,
      "full_text": "@bob Рік тому — R&amp;D &amp;amp; all that. 🇺🇦 #тишан Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Сло…",
      "lang": "en",
      "in_reply_to_status_id_str": "1500000000000000001",
      "in_reply_to_status_id": "1500000000000000001",
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
            "1600000000000000008"
          ],
          "editableUntil": "2022-12-06T04:00:08.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "user_mentions": [
          {
            "name": "carl",
            "screen_name": "carl",
            "indices": [
              "3",
              "8"
            ],
            "id_str": "88",
            "id": "88"
          }
        ],
        "urls": [],
        "symbols": [],
        "hashtags": []
      },
      "display_text_range": [
        "0",
        "66"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000008",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000008",
      "created_at": "Tue Dec 06 04:00:08 +0000 2022",
      "favorited": false,
      "full_text": "RT @carl: only words, cut by the archive so that nobody knows wha…",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000007"
          ],
          "editableUntil": "2022-12-06T04:00:07.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "user_mentions": [
          {
            "name": "bob",
            "screen_name": "bob",
            "indices": [
              "3",
              "7"
            ],
            "id_str": "77",
            "id": "77"
          }
        ],
        "urls": [],
        "symbols": [],
        "hashtags": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/bob/status/1599999999999999999/photo/1",
            "indices": [
              "19",
              "42"
            ],
            "url": "https://t.co/rrrrrrrrrr",
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
        "42"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000007",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000007",
      "created_at": "Tue Dec 06 04:00:07 +0000 2022",
      "favorited": false,
      "full_text": "RT @bob: A picture https://t.co/rrrrrrrrrr",
      "lang": "en",
      "extended_entities": {
        "media": [
          {
            "expanded_url": "https://twitter.com/bob/status/1599999999999999999/photo/1",
            "indices": [
              "19",
              "42"
            ],
            "url": "https://t.co/rrrrrrrrrr",
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
            "1600000000000000012"
          ],
          "editableUntil": "2022-12-06T04:00:12.000Z",
          "editsRemaining": "5",
          "isEditEligible": true
        }
      },
      "retweeted": false,
      "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
      "entities": {
        "user_mentions": [
          {
            "name": "bob",
            "screen_name": "bob",
            "indices": [
              "3",
              "7"
            ],
            "id_str": "77",
            "id": "77"
          }
        ],
        "urls": [],
        "symbols": [],
        "hashtags": [],
        "media": [
          {
            "expanded_url": "https://twitter.com/dora/status/1599999999999999997/photo/1",
            "indices": [
              "9",
              "32"
            ],
            "url": "https://t.co/rrrrrrrrrr",
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
        "32"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000012",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000012",
      "created_at": "Tue Dec 06 04:00:12 +0000 2022",
      "favorited": false,
      "full_text": "RT @bob: https://t.co/rrrrrrrrrr",
      "lang": "en"
    }
  },
  {
    "tweet": {
      "edit_info": {
        "initial": {
          "editTweetIds": [
            "1600000000000000006"
          ],
          "editableUntil": "2022-12-06T04:00:06.000Z",
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
        "48"
      ],
      "favorite_count": "3",
      "id_str": "1600000000000000006",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000006",
      "created_at": "Tue Dec 06 04:00:06 +0000 2022",
      "favorited": false,
      "full_text": "RT @bob: this I typed myself and people liked it",
      "lang": "en"
    }
  },
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
        "urls": [
          {
            "url": "https://t.co/qqqqqqqqqq",
            "expanded_url": "https://twitter.com/bob/status/1599999999999999998",
            "display_url": "twitter.com/bob/status/159…",
            "indices": [
              "11",
              "34"
            ]
          }
        ],
        "symbols": [],
        "hashtags": []
      },
      "display_text_range": [
        "0",
        "34"
      ],
      "favorite_count": "0",
      "id_str": "1600000000000000005",
      "truncated": false,
      "retweet_count": "0",
      "id": "1600000000000000005",
      "created_at": "Tue Dec 06 04:00:05 +0000 2022",
      "favorited": false,
      "full_text": "Read this: https://t.co/qqqqqqqqqq",
      "lang": "en"
    }
  }
]
