"""Whatever an answer states is compared with the results it rests on."""
