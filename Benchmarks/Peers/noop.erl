#!/usr/bin/env escript
%% swift-multiprocessing: threads and processes behind one interface.
%% SPDX-License-Identifier: Apache-2.0

%% Work without effort through two of Erlang's own processes, one message a piece: noop.erl PIECES ROUND_TRIPS
-mode(compile).

main([Pieces, Trips]) ->
    Workers = [spawn_link(fun work/0), spawn_link(fun work/0)],
    1000 * 1003 div 2 = all(Workers, 1000),
    Count = list_to_integer(Pieces),
    Began = erlang:monotonic_time(nanosecond),
    Sum = all(Workers, Count),
    Time = erlang:monotonic_time(nanosecond) - Began,
    Sum = Count * (Count + 3) div 2,
    io:format("processes\t~f~n", [Count / (Time / 1.0e9)]),
    Times = [trip(hd(Workers), Number) || Number <- lists:seq(1, list_to_integer(Trips))],
    io:format("trip\t~s~n", [lists:join(" ", [integer_to_list(T) || T <- Times])]).

work() ->
    receive
        {From, Number} -> From ! {self(), Number + 1}, work()
    end.

%% 64 under way at any time; their sum.
all([First, Second], Count) ->
    [(case Number rem 2 of 0 -> First; 1 -> Second end) ! {self(), Number} || Number <- lists:seq(1, 64)],
    collect(Count, 64, Count, 0).

collect(_, _, 0, Sum) -> Sum;
collect(Count, Sent, Missing, Sum) ->
    receive
        {Worker, Answer} when Sent < Count ->
            Worker ! {self(), Sent + 1},
            collect(Count, Sent + 1, Missing - 1, Sum + Answer);
        {_, Answer} -> collect(Count, Sent, Missing - 1, Sum + Answer)
    end.

trip(Worker, Number) ->
    Began = erlang:monotonic_time(nanosecond),
    Worker ! {self(), Number},
    receive
        {Worker, Answer} -> Answer = Number + 1
    end,
    erlang:monotonic_time(nanosecond) - Began.
