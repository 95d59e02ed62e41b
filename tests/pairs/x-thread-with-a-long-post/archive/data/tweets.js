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
    "user_mentions": [],
    "urls": []
   },
   "display_text_range": [
    "0",
    "314"
   ],
   "favorite_count": "1",
   "id_str": "1399999999999213569",
   "truncated": false,
   "retweet_count": "0",
   "id": "1399999999999213569",
   "created_at": "Wed Jun 02 08:03:05 +0000 2021",
   "favorited": false,
   "full_text": "1/2 Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more. Слово за словом, 字 &amp; more.…",
   "lang": "ru"
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
    "hashtags": [],
    "symbols": [],
    "user_mentions": [],
    "urls": []
   },
   "display_text_range": [
    "0",
    "12"
   ],
   "favorite_count": "1",
   "id_str": "1400000251657453570",
   "truncated": false,
   "retweet_count": "0",
   "id": "1400000251657453570",
   "created_at": "Wed Jun 02 08:04:05 +0000 2021",
   "favorited": false,
   "full_text": "2/2 Коротко.",
   "lang": "ru",
   "in_reply_to_status_id_str": "1399999999999213569",
   "in_reply_to_status_id": "1399999999999213569",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana"
  }
 }
]