window.YTD.tweets.part0 = [
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1399999999999213569"
     ],
     "editableUntil": "2021-06-02T08:03:05.000Z",
     "editsRemaining": "5",
     "isEditEligible": true
    }
   },
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [
     {
      "screen_name": "bob_port",
      "name": "Боб",
      "id_str": "77",
      "indices": [
       "36",
       "45"
      ]
     }
    ],
    "urls": [
     {
      "url": "https://t.co/aaaaaaaaaa",
      "expanded_url": "https://example.org/asia_pacific/long/report",
      "display_url": "example.org/asia_pac…",
      "indices": [
       "55",
       "78"
      ]
     }
    ]
   },
   "display_text_range": [
    "0",
    "78"
   ],
   "favorite_count": "1",
   "id_str": "1399999999999213569",
   "truncated": false,
   "retweet_count": "0",
   "id": "1399999999999213569",
   "created_at": "Wed Jun 02 08:03:05 +0000 2021",
   "favorited": false,
   "full_text": "1/ Salt &amp; water: 盐 🧂 &lt;3. How @bob_port sees it: https://t.co/aaaaaaaaaa",
   "lang": "en"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1400000251657453570"
     ],
     "editableUntil": "2021-06-02T08:04:05.000Z",
     "editsRemaining": "5",
     "isEditEligible": true
    }
   },
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
   "entities": {
    "hashtags": [
     {
      "text": "порт",
      "indices": [
       "10",
       "15"
      ]
     }
    ],
    "symbols": [],
    "user_mentions": [],
    "urls": [
     {
      "url": "https://t.co/bbbbbbbbbb",
      "expanded_url": "https://example.org/b",
      "display_url": "example.org/b",
      "indices": [
       "40",
       "63"
      ]
     }
    ],
    "media": [
     {
      "id_str": "5",
      "indices": [
       "64",
       "87"
      ],
      "media_url_https": "https://pbs.twimg.com/media/E1.jpg",
      "url": "https://t.co/mmmmmmmmmm",
      "display_url": "pic.twitter.com/mmmmmmmmmm",
      "expanded_url": "https://twitter.com/ana/status/1400000251657453570/photo/1",
      "type": "photo"
     }
    ]
   },
   "display_text_range": [
    "0",
    "87"
   ],
   "favorite_count": "1",
   "id_str": "1400000251657453570",
   "truncated": false,
   "retweet_count": "0",
   "id": "1400000251657453570",
   "created_at": "Wed Jun 02 08:04:05 +0000 2021",
   "favorited": false,
   "full_text": "2/ Второй #порт 🇺🇦🇺🇦, и ещё\n\nодин абзац https://t.co/bbbbbbbbbb https://t.co/mmmmmmmmmm",
   "lang": "ru",
   "in_reply_to_status_id_str": "1399999999999213569",
   "in_reply_to_status_id": "1399999999999213569",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana",
   "extended_entities": {
    "media": [
     {
      "id_str": "5",
      "indices": [
       "64",
       "87"
      ],
      "media_url_https": "https://pbs.twimg.com/media/E1.jpg",
      "url": "https://t.co/mmmmmmmmmm",
      "display_url": "pic.twitter.com/mmmmmmmmmm",
      "expanded_url": "https://twitter.com/ana/status/1400000251657453570/photo/1",
      "type": "photo"
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
      "1400000754973933572"
     ],
     "editableUntil": "2021-06-02T08:06:05.000Z",
     "editsRemaining": "5",
     "isEditEligible": true
    }
   },
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": [
     {
      "url": "https://t.co/qqqqqqqqqq",
      "expanded_url": "https://twitter.com/bob_port/status/1399849005055213575",
      "display_url": "twitter.com/bob_port/statu…",
      "indices": [
       "23",
       "46"
      ]
     }
    ]
   },
   "display_text_range": [
    "0",
    "46"
   ],
   "favorite_count": "1",
   "id_str": "1400000754973933572",
   "truncated": false,
   "retweet_count": "0",
   "id": "1400000754973933572",
   "created_at": "Wed Jun 02 08:06:05 +0000 2021",
   "favorited": false,
   "full_text": "4/ He says so himself: https://t.co/qqqqqqqqqq",
   "lang": "en",
   "in_reply_to_status_id_str": "1400000503315693571",
   "in_reply_to_status_id": "1400000503315693571",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1400001006632173573"
     ],
     "editableUntil": "2021-06-02T08:07:05.000Z",
     "editsRemaining": "5",
     "isEditEligible": true
    }
   },
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": []
   },
   "display_text_range": [
    "0",
    "35"
   ],
   "favorite_count": "1",
   "id_str": "1400001006632173573",
   "truncated": false,
   "retweet_count": "0",
   "id": "1400001006632173573",
   "created_at": "Wed Jun 02 08:07:05 +0000 2021",
   "favorited": false,
   "full_text": "5/ That is R&amp;D, not trade. /end",
   "lang": "en",
   "in_reply_to_status_id_str": "1400000754973933572",
   "in_reply_to_status_id": "1400000754973933572",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1400002516581613577"
     ],
     "editableUntil": "2021-06-02T08:13:05.000Z",
     "editsRemaining": "5",
     "isEditEligible": true
    }
   },
   "retweeted": false,
   "source": "<a href=\"https://mobile.twitter.com\" rel=\"nofollow\">Twitter Web App</a>",
   "entities": {
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": []
   },
   "display_text_range": [
    "0",
    "25"
   ],
   "favorite_count": "1",
   "id_str": "1400002516581613577",
   "truncated": false,
   "retweet_count": "0",
   "id": "1400002516581613577",
   "created_at": "Wed Jun 02 08:13:05 +0000 2021",
   "favorited": false,
   "full_text": "By the way: 港口 means port",
   "lang": "en",
   "in_reply_to_status_id_str": "1400000251657453570",
   "in_reply_to_status_id": "1400000251657453570",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana"
  }
 }
]