window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "1234",
    "userName": "ana",
    "displayName": "Ana 🇺🇦"
  },
  "archiveInfo": {
    "sizeBytes": "1",
    "generationDate": "2023-01-01T00:00:00.000Z",
    "isPartialArchive": false
  },
  "dataTypes": {
    "tweets": {
      "files": [
        {
          "fileName": "data/tweets.js",
          "globalName": "YTD.x.part0",
          "count": "6"
        }
      ]
    },
    "tweets2": {
      "files": [
        {
          "fileName": "data/tweets-part1.js",
          "globalName": "YTD.x.part0",
          "count": "3"
        }
      ]
    },
    "deletedTweets": {
      "files": [
        {
          "fileName": "data/deleted-tweets.js",
          "globalName": "YTD.x.part0",
          "count": "1"
        }
      ]
    },
    "communityTweet": {
      "files": [
        {
          "fileName": "data/community-tweet.js",
          "globalName": "YTD.x.part0",
          "count": "1"
        }
      ]
    },
    "noteTweet": {
      "files": [
        {
          "fileName": "data/note-tweet.js",
          "globalName": "YTD.x.part0",
          "count": "2"
        }
      ]
    },
    "tweetHeaders": {
      "files": [
        {
          "fileName": "data/tweet-headers.js",
          "globalName": "YTD.x.part0",
          "count": "9"
        }
      ]
    },
    "twitterCircleTweet": {
      "files": [
        {
          "fileName": "data/twitter-circle-tweet.js",
          "globalName": "YTD.x.part0",
          "count": "4"
        }
      ]
    },
    "directMessages": {
      "files": [
        {
          "fileName": "data/direct-messages.js",
          "globalName": "YTD.x.part0",
          "count": "9"
        }
      ]
    }
  }
}
