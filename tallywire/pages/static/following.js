// What every page that follows an election is made with: hearing of a new moment, and changing a page in place.
