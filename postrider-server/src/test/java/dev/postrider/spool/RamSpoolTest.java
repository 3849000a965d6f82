package dev.postrider.spool;

import java.time.InstantSource;

class RamSpoolTest extends SpoolContract {
  @Override
  Spool open() {
    return new RamSpool(InstantSource.system());
  }
}
