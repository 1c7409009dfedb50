"""The product through its pages, in a real browser, with everything behind them running."""
