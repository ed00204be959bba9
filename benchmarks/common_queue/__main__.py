from benchmarks.common_queue.run import main

main()
