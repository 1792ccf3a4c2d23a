/* Nothing to call: the library is preloaded. See power_loss.c. */
