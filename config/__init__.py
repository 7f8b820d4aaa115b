"""The description of one hall: config.toml -> frozen models, and every mistake in it at once.

Nothing here opens a port, a database or a screen.
"""

from config.guides import GuideTable as GuideTable
from config.guides import MaterialTable as MaterialTable
from config.guides import Power as Power
from config.guides import Service as Service
from config.loading import ConfigError as ConfigError
from config.loading import load as load
from config.loading import parse as parse
from config.packages import PackageTable as PackageTable
from config.tables import BOARD_STATES as BOARD_STATES
from config.tables import GROUNDS as GROUNDS
from config.tables import NOTIFICATIONS as NOTIFICATIONS
from config.tables import PROGRAMS as PROGRAMS
from config.tables import ROOT as ROOT
from config.tables import TABLES as TABLES
from config.tables import BoardTextTable as BoardTextTable
from config.tables import CalendarDay as CalendarDay
from config.tables import ChannelTable as ChannelTable
from config.tables import ClassTable as ClassTable
from config.tables import CounterTable as CounterTable
from config.tables import ExtendedTable as ExtendedTable
from config.tables import Hall as Hall
from config.tables import HoursTable as HoursTable
from config.tables import LimitsTable as LimitsTable
from config.tables import MessagesTable as MessagesTable
from config.tables import PadKeysTable as PadKeysTable
from config.tables import QuotaTable as QuotaTable
from config.tables import RegisterTable as RegisterTable
from config.tables import RelayTable as RelayTable
from config.tables import RemoteTable as RemoteTable
from config.tables import ScreenTable as ScreenTable
from config.tables import SightTable as SightTable
from config.tables import SignOnTable as SignOnTable
from config.tables import SlotsTable as SlotsTable
from config.tables import WebhookTable as WebhookTable
from config.tables import ZoneTable as ZoneTable
from config.text import Text as Text
from config.text import Told as Told
from config.text import counter_called as counter_called
from config.values import PrinterUrl as PrinterUrl
