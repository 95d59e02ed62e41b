Grailbird.data.tweets_2013_02 = 
 [
 {
  "source": "web",
  "entities": {
   "user_mentions": [],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "300000000000000003",
  "text": "RT @bob: whole &amp; well",
  "id": 300000000000000003,
  "created_at": "2013-02-06 10:00:02 +0000",
  "user": {
   "name": "Ana",
   "screen_name": "ana",
   "protected": false,
   "id_str": "1234",
   "id": 1234
  },
  "retweeted_status": {
   "source": "web",
   "entities": {
    "user_mentions": [],
    "media": [],
    "hashtags": [],
    "urls": []
   },
   "geo": {},
   "id_str": "300000000000000002",
   "text": "whole &amp; well",
   "id": 300000000000000002,
   "created_at": "2013-02-06 10:00:01 +0000",
   "user": {
    "name": "Bob",
    "screen_name": "bob",
    "id_str": "77",
    "id": 77
   }
  }
 },
 {
  "source": "web",
  "entities": {
   "user_mentions": [],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "300000000000000004",
  "text": "2/",
  "id": 300000000000000004,
  "created_at": "2013-02-06 10:00:03 +0000",
  "user": {
   "name": "Ana",
   "screen_name": "ana",
   "protected": false,
   "id_str": "1234",
   "id": 1234
  },
  "in_reply_to_status_id_str": "300000000000000001",
  "in_reply_to_user_id_str": "1234",
  "in_reply_to_screen_name": "ana",
  "in_reply_to_user_id": 1234
 },
 {
  "source": "web",
  "entities": {
   "user_mentions": [],
   "media": [],
   "hashtags": [],
   "urls": []
  },
  "geo": {},
  "id_str": "300000000000000001",
  "text": "1/",
  "id": 300000000000000001,
  "created_at": "2013-02-06 10:00:00 +0000",
  "user": {
   "name": "Ana",
   "screen_name": "ana",
   "protected": false,
   "id_str": "1234",
   "id": 1234
  }
 }
]