# CooRTweet measured: Rscript coortweet.R FILE.csv WINDOW
# With the package installed, or with COORTWEET naming a checkout of its sources (Debian: r-base-core
# r-cran-data.table r-cran-igraph are all that these two functions need).
arguments <- commandArgs(trailingOnly = TRUE)
suppressMessages({
  library(data.table)
  library(igraph)
  sources <- Sys.getenv("COORTWEET")
  if (nzchar(sources)) {
    for (name in c("calc_group_combinations", "detect_groups", "generate_coordinated_network")) {
      source(file.path(sources, "R", paste0(name, ".R")))
    }
  } else {
    library(CooRTweet)
  }
})
begin <- proc.time()[["elapsed"]]
shares <- fread(arguments[1], colClasses = list(character = c("object_id", "account_id", "content_id")))
reading <- proc.time()[["elapsed"]] - begin
begin <- proc.time()[["elapsed"]]
found <- detect_groups(shares, time_window = as.numeric(arguments[2]), min_participation = 2)
pairs <- nrow(found)
network <- generate_coordinated_network(found)
seconds <- proc.time()[["elapsed"]] - begin
cat(sprintf(
  '{"seconds": %.3f, "reading": %.3f, "pairs": %d, "edges": %d, "megabytes": %.1f}\n',
  seconds, reading, pairs, ecount(network), sum(gc()[, 6])
))
