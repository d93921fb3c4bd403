#!/usr/bin/ruby
# Every operation of dalli by the binary protocol, which is all that 3.0 speaks, one line of outcome each: dalli.rb PORT
require 'dalli'
require 'logger'

Dalli.logger = Logger.new(File::NULL)

c = Dalli::Client.new("127.0.0.1:#{ARGV[0]}", socket_timeout: 20)
show = lambda do |name, &operation|
  outcome = begin
    operation.call.inspect
  rescue Dalli::DalliError => e
    e.class.name
  end
  puts "#{name} #{outcome}"
end

show.call('flush') { c.flush }
show.call('set') { c.set('k', 'value').is_a?(Integer) }
show.call('get') { c.get('k') }
show.call('get nothing') { c.get('none') }
show.call('set object') { c.set('o', { 'a' => [1, 2] }).is_a?(Integer) }
show.call('get object') { c.get('o') }
show.call('set nil') { c.set('nil', nil).is_a?(Integer) }
show.call('get nil') { c.get('nil', cache_nils: true) }
show.call('set raw') { c.set('n', 10, nil, raw: true).is_a?(Integer) }
show.call('get raw') { c.get('n', raw: true) }
show.call('set compressed') { c.set('z', 'z' * 50_000, nil, compress: true).is_a?(Integer) }
show.call('get compressed') { c.get('z') == 'z' * 50_000 }
show.call('set key of UTF-8') { c.set('clé', 'x').is_a?(Integer) }
show.call('get key of UTF-8') { c.get('clé') }
show.call('add') { c.add('new', 'x').is_a?(Integer) }
show.call('add again') { c.add('new', 'y') }
show.call('replace') { c.replace('new', 'z', nil, raw: true).is_a?(Integer) }
show.call('replace nothing') { c.replace('none', 'z') }
show.call('append') { c.append('new', '1') }
show.call('prepend') { c.prepend('new', '0') }
show.call('get extended') { c.get('new', raw: true) }
show.call('append nothing') { c.append('none', '1') }
show.call('prepend nothing') { c.prepend('none', '1') }
show.call('incr') { c.incr('n', 5) }
show.call('decr') { c.decr('n', 100) }
show.call('incr nothing') { c.incr('none', 1) }
show.call('decr nothing') { c.decr('none', 1) }
show.call('incr with default') { c.incr('made', 1, 100, 7) }
show.call('incr made') { c.incr('made', 1) }
show.call('decr with default') { c.decr('down', 1, 100, 70) }
show.call('decr made') { c.decr('down', 1) }
show.call('incr word') { c.incr('k', 1) }
show.call('fetch') { c.fetch('f') { 'loaded' } }
show.call('fetch again') { c.fetch('f') { 'loaded again' } }
show.call('cas') { c.cas('k') { |v| "#{v}!" }.is_a?(Integer) }
show.call('cas nothing') { c.cas('none') { |v| v } }
show.call('cas!') { c.cas!('always') { |v| "was #{v.inspect}" }.is_a?(Integer) }
show.call('get after cas!') { c.get('always') }
show.call('get after cas') { c.get('k') }
show.call('touch') { c.touch('k', 100) }
show.call('touch nothing') { c.touch('none', 100) }
show.call('gat') { c.gat('k', 100) }
show.call('gat nothing') { c.gat('none', 100) }
show.call('get_cas') { c.get_cas('k').first }
show.call('get_cas with a block') { c.get_cas('k') { |value, cas| [value, cas.positive?] } }
show.call('set_cas') { c.set_cas('k', 'by token', c.get_cas('k').last).is_a?(Integer) }
show.call('set_cas wrong') { c.set_cas('k', 'x', 1) }
show.call('replace_cas') { c.replace_cas('k', 'replaced', c.get_cas('k').last).is_a?(Integer) }
show.call('replace_cas wrong') { c.replace_cas('k', 'x', 1) }
show.call('replace_cas nothing') { c.replace_cas('none', 'x', 1) }
show.call('multi') { c.multi { 100.times { |i| c.set("m#{i}", i) } }; c.get('m99') }
show.call('multi of all kinds') do
  c.multi do
    c.add('q', '1', nil, raw: true)
    c.append('q', '2')
    c.prepend('q', '0')
    c.replace('m0', 'new')
    c.incr('made', 1)
    c.decr('down', 1)
    c.delete('m1')
  end
  [c.get('q', raw: true), c.get('m0'), c.get('m1'), c.incr('made', 0), c.incr('down', 0)]
end
show.call('get_multi') { c.get_multi((0...200).map { |i| "m#{i}" }).size }
show.call('get_multi with a block') { found = []; c.get_multi('m2', 'none') { |key, value| found << [key, value] }; found }
show.call('get_multi_cas') { c.get_multi_cas('m2', 'none').map { |key, (value, _)| [key, value] } }
show.call('expired') { c.set('e', 'x', 1_000_000_000); c.get('e') }
show.call('delete') { c.delete('k') }
show.call('delete nothing') { c.delete('k') }
show.call('delete_cas wrong') { c.delete_cas('m2', 1) }
show.call('delete_cas') { c.delete_cas('m2', c.get_cas('m2').last) }
show.call('too large') { c.set('big', 'x' * 2_000_000, nil, raw: true).is_a?(Integer) }
show.call('stats') { c.stats.values.first.size > 20 }
show.call('stats items') { c.stats(:items).size }
show.call('reset_stats') { c.reset_stats }
show.call('version') { c.version.size }
show.call('alive!') { !c.alive!.nil? }
show.call('with') { c.with { |me| me.get('m3') } }
show.call('flush with a pause between servers') { c.flush(100) }
show.call('get flushed') { c.get('n') }
show.call('close') { c.close }
