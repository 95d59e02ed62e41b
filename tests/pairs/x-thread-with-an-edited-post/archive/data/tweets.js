window.YTD.tweets.part0 = [
 {
  "tweet": {
   "edit_info": {
    "edit": {
     "initialTweetId": "1599999999997902849",
     "editControlInitial": {
      "editTweetIds": [
       "1599999999997902849",
       "1600000503314382850"
      ],
      "editableUntil": "2022-12-06T05:31:41.000Z",
      "editsRemaining": "4",
      "isEditEligible": true
     }
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
    "20"
   ],
   "favorite_count": "1",
   "id_str": "1599999999997902849",
   "truncated": false,
   "retweet_count": "0",
   "id": "1599999999997902849",
   "created_at": "Tue Dec 06 05:31:41 +0000 2022",
   "favorited": false,
   "full_text": "1/ Teh bill is 31 bn",
   "lang": "en"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "edit": {
     "initialTweetId": "1599999999997902849",
     "editControlInitial": {
      "editTweetIds": [
       "1599999999997902849",
       "1600000503314382850"
      ],
      "editableUntil": "2022-12-06T05:33:41.000Z",
      "editsRemaining": "4",
      "isEditEligible": true
     }
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
    "21"
   ],
   "favorite_count": "1",
   "id_str": "1600000503314382850",
   "truncated": false,
   "retweet_count": "0",
   "id": "1600000503314382850",
   "created_at": "Tue Dec 06 05:33:41 +0000 2022",
   "favorited": false,
   "full_text": "1/ The bill is 3.1 bn",
   "lang": "en"
  }
 },
 {
  "tweet": {
   "edit_info": {
    "initial": {
     "editTweetIds": [
      "1600001258289102851"
     ],
     "editableUntil": "2022-12-06T05:36:41.000Z",
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
   "id_str": "1600001258289102851",
   "truncated": false,
   "retweet_count": "0",
   "id": "1600001258289102851",
   "created_at": "Tue Dec 06 05:36:41 +0000 2022",
   "favorited": false,
   "full_text": "2/ Who pays?",
   "lang": "en",
   "in_reply_to_status_id_str": "1599999999997902849",
   "in_reply_to_status_id": "1599999999997902849",
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
      "1600001509947342852"
     ],
     "editableUntil": "2022-12-06T05:37:41.000Z",
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
    "7"
   ],
   "favorite_count": "1",
   "id_str": "1600001509947342852",
   "truncated": false,
   "retweet_count": "0",
   "id": "1600001509947342852",
   "created_at": "Tue Dec 06 05:37:41 +0000 2022",
   "favorited": false,
   "full_text": "3/ You.",
   "lang": "en",
   "in_reply_to_status_id_str": "1600001258289102851",
   "in_reply_to_status_id": "1600001258289102851",
   "in_reply_to_user_id": "1234",
   "in_reply_to_user_id_str": "1234",
   "in_reply_to_screen_name": "ana"
  }
 }
]