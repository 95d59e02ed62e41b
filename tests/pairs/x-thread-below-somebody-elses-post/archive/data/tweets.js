window.YTD.tweets.part0 = [
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1399999999999213570"
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
      "screen_name": "eve",
      "name": "Eve 李",
      "id_str": "99",
      "indices": [
       "0",
       "4"
      ]
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "28"
   ],
   "favorite_count": "1",
   "id_str": "1399999999999213570",
   "truncated": false,
   "retweet_count": "0",
   "id": "1399999999999213570",
   "created_at": "Wed Jun 02 08:03:05 +0000 2021",
   "favorited": false,
   "full_text": "@eve First, the crane broke.",
   "lang": "en",
   "in_reply_to_status_id_str": "1399984900504813569",
   "in_reply_to_status_id": "1399984900504813569",
   "in_reply_to_user_id": "99",
   "in_reply_to_user_id_str": "99",
   "in_reply_to_screen_name": "eve"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1400000251657453571"
     ],
     "editableUntil": "2021-06-02T08:04:05.000Z",
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
      "screen_name": "eve",
      "name": "Eve 李",
      "id_str": "99",
      "indices": [
       "0",
       "4"
      ]
     }
    ],
    "urls": []
   },
   "display_text_range": [
    "0",
    "27"
   ],
   "favorite_count": "1",
   "id_str": "1400000251657453571",
   "truncated": false,
   "retweet_count": "0",
   "id": "1400000251657453571",
   "created_at": "Wed Jun 02 08:04:05 +0000 2021",
   "favorited": false,
   "full_text": "@eve Then the rail stopped.",
   "lang": "en",
   "in_reply_to_status_id_str": "1399999999999213570",
   "in_reply_to_status_id": "1399999999999213570",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana"
  }
 }
]