window.YTD.deleted_note_tweet.part0 = []
