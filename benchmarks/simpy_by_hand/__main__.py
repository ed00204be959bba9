from benchmarks.simpy_by_hand.run import main

main()
