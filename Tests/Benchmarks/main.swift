try YamuxBench.run()
