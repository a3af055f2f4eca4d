"""The clock of counting follows the machine's, but not its jumps."""

import time

import pytest

from visitors.clock import SteadyClock

HOUR, YEAR = 3600, 365 * 24 * 3600


class Machine:
    """A clock that can be set, and one that cannot."""

    def __init__(self):
        self.wall, self.uptime = 1_700_000_000.0, 50.0

    def pass_(self, seconds):
        self.wall += seconds
        self.uptime += seconds


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def clock(machine):
    return SteadyClock(wall=lambda: machine.wall, uptime=lambda: machine.uptime)


def run(machine, clock, seconds):
    for _ in range(seconds):
        machine.pass_(1)
        clock.look()


def test_time_goes_on_with_the_machine(machine, clock):
    machine.pass_(90.5)
    assert clock.time() == 1_700_000_090.5
    assert clock.now().timestamp() == 1_700_000_090.5


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 7 * HOUR, YEAR, -YEAR])
def test_a_jump_that_is_put_right_again_has_no_effect(machine, clock, jump):
    run(machine, clock, 10)
    machine.wall += jump
    run(machine, clock, 300)
    assert clock.time() == 1_700_000_310
    machine.wall -= jump
    run(machine, clock, 300)
    assert clock.time() == machine.wall


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEAR, -YEAR])
def test_a_jump_that_lasts_is_followed_after_ten_minutes(machine, clock, jump):
    machine.wall += jump
    run(machine, clock, 600)
    assert clock.time() == machine.wall - jump
    run(machine, clock, 2)
    assert clock.time() == machine.wall


def test_a_second_jump_begins_the_wait_anew(machine, clock):
    machine.wall += HOUR
    run(machine, clock, 500)
    machine.wall += HOUR
    run(machine, clock, 500)
    assert clock.time() == machine.wall - 2 * HOUR


def test_small_steps_are_followed_at_once(machine, clock):
    machine.wall -= 3
    clock.look()
    assert clock.time() == machine.wall


def test_by_itself_it_shows_the_time_of_the_machine():
    assert abs(SteadyClock().time() - time.time()) < 1
