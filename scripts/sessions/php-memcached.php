#!/usr/bin/php
<?php
// Every operation of php-memcached, by the text and by the binary protocol, one line of outcome each: php-memcached.php PORT

function session(int $port, bool $binary): void
{
    $c = new Memcached();
    $c->setOption(Memcached::OPT_BINARY_PROTOCOL, $binary);
    $c->addServer('127.0.0.1', $port);
    $show = function (string $name, $outcome) use ($c, $binary): void {
        echo $binary ? 'binary ' : 'text ', $name, ' ', json_encode($outcome), ' ', $c->getResultCode(), "\n";
    };
    $many = [];
    for ($i = 0; $i < 100; $i++) {
        $many["m$i"] = $i;
    }
    $show('flush', $c->flush());
    $show('set', $c->set('k', 'value'));
    $show('get', $c->get('k'));
    $show('get nothing', $c->get('none'));
    $show('get callback', $c->get('loaded', fn ($c, $key, &$value) => ($value = "made of $key") !== ''));
    $show('set number', $c->set('n', 10));
    $show('get number', $c->get('n'));
    $show('set double', $c->set('d', 1.5));
    $show('get double', $c->get('d'));
    $show('set bool', $c->set('t', true));
    $show('get bool', $c->get('t'));
    $show('set array', $c->set('o', ['a' => [1, 2]]));
    $show('get array', $c->get('o'));
    $show('set compressed', $c->set('z', str_repeat('z', 50000)));
    $show('get compressed', $c->get('z') === str_repeat('z', 50000));
    $show('add', $c->add('new', 'x'));
    $show('add again', $c->add('new', 'y'));
    $show('replace', $c->replace('new', 'z'));
    $show('replace nothing', $c->replace('none', 'z'));
    $c->setOption(Memcached::OPT_COMPRESSION, false);
    $show('append', $c->append('new', '1'));
    $show('prepend', $c->prepend('new', '0'));
    $show('get extended', $c->get('new'));
    $show('append nothing', $c->append('none', '1'));
    $show('increment', $c->increment('n', 5));
    $show('decrement', $c->decrement('n', 3));
    $show('increment nothing', $c->increment('none'));
    if ($binary) {
        $show('increment made', $c->increment('made', 1, 100));
        $show('decrement made', $c->decrement('made2', 1, 50));
    }
    $found = $c->get('k', null, Memcached::GET_EXTENDED);
    $show('get extended value', $found['value']);
    $show('cas', $c->cas($found['cas'], 'k', 'changed'));
    $show('cas again', $c->cas($found['cas'], 'k', 'again'));
    $show('get after cas', $c->get('k'));
    $show('touch', $c->touch('k', 100));
    $show('touch nothing', $c->touch('none', 100));
    $show('setMulti', $c->setMulti($many));
    $show('getMulti', count($c->getMulti(array_keys($many + ['none' => 1]))));
    $show('getDelayed', $c->getDelayed(['m1', 'm2']));
    $show('fetchAll', count($c->fetchAll()));
    $show('getDelayed with tokens', $c->getDelayed(['m3', 'none'], true));
    $show('fetch', array_slice($c->fetch(), 0, 2));
    $show('fetch nothing', $c->fetch());
    $delayed = [];
    $show('getDelayed with a callback', $c->getDelayed(['m4'], false, function ($c, $item) use (&$delayed): void {
        $delayed[] = $item['value'];
    }));
    $show('what the callback got', $delayed);
    $show('getMulti in order', $c->getMulti(['m9', 'none', 'm1'], Memcached::GET_PRESERVE_ORDER));
    $show('getByKey', $c->getByKey('server', 'm1'));
    $show('setByKey', $c->setByKey('server', 'by', 'key'));
    $show('get by the same key', $c->getByKey('server', 'by'));
    $show('addByKey', $c->addByKey('server', 'by', 'x'));
    $show('replaceByKey', $c->replaceByKey('server', 'by', 'b'));
    $show('appendByKey', $c->appendByKey('server', 'by', 'c'));
    $show('prependByKey', $c->prependByKey('server', 'by', 'a'));
    $show('get changed by key', $c->getByKey('server', 'by'));
    $found = $c->getByKey('server', 'by', null, Memcached::GET_EXTENDED);
    $show('casByKey', $c->casByKey($found['cas'], 'server', 'by', 'token'));
    $show('touchByKey', $c->touchByKey('server', 'by', 100));
    $show('setMultiByKey', $c->setMultiByKey('server', ['s1' => 1, 's2' => 2]));
    $show('getMultiByKey', $c->getMultiByKey('server', ['s1', 's2', 'none']));
    $show('getDelayedByKey', $c->getDelayedByKey('server', ['s1']));
    $show('fetchAll by key', array_column($c->fetchAll(), 'value', 'key'));
    $show('incrementByKey', $c->incrementByKey('server', 's1', 4));
    $show('decrementByKey', $c->decrementByKey('server', 's1', 2));
    $show('deleteByKey', $c->deleteByKey('server', 's1'));
    $show('deleteMultiByKey', $c->deleteMultiByKey('server', ['s2', 'none']));
    $show('getServerByKey', $c->getServerByKey('server')['host']);
    $show('set without waiting', [
        $c->setOption(Memcached::OPT_NOREPLY, true),
        $c->set('quiet', 'x'),
        $c->setOption(Memcached::OPT_NOREPLY, false),
    ]);
    $show('get set without waiting', $c->get('quiet'));
    $show('set in a buffer', [
        $c->setOption(Memcached::OPT_BUFFER_WRITES, true),
        $c->set('buffered', 'x'),
        $c->flushBuffers(),
    ]);
    $show('get set in a buffer', $c->get('buffered'));
    $c->setOption(Memcached::OPT_BUFFER_WRITES, false);
    $show('set with a prefix', [
        $c->setOption(Memcached::OPT_PREFIX_KEY, 'prefix:'),
        $c->set('own', 'x'),
        $c->setOption(Memcached::OPT_PREFIX_KEY, ''),
    ]);
    $show('get with the prefix', $c->get('prefix:own'));
    $show('deleteMulti', array_count_values(array_map('json_encode', $c->deleteMulti(['m1', 'm2', 'none']))));
    $show('delete', $c->delete('k'));
    $show('delete nothing', $c->delete('k'));
    $show('expired', $c->set('e', 'x', 1000000000));
    $show('get expired', $c->get('e'));
    $show('too large', $c->set('big', random_bytes(2000000)));
    $show('getAllKeys', is_array($c->getAllKeys())); // memcached lists only items it has moved to its third queue by then
    $show('increment word', $c->increment('new'));
    $show('getStats', count(current($c->getStats())) > 20);
    $show('getVersion', count($c->getVersion()));
    $show('flush delayed', $c->flush(100));
    $show('get before the flush', $c->get('n'));
    $show('flush', $c->flush());
    $show('get flushed', $c->get('n'));
    $show('quit', $c->quit());
}

session((int) $argv[1], false);
session((int) $argv[1], true);
