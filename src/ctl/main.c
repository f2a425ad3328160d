/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lt-ctl.h"

int
main (int argc, char *argv[])
{
  return lt_ctl_main (argc, argv);
}
